import type { Texts } from '../en/index.ts';

export const errors: Texts['errors'] = {
  'signed-out': 'Vous n’êtes pas connecté. Connectez-vous pour télécharger.',
  'invalid-credentials': 'L’adresse ou le mot de passe est inexact.',
  'verification-required': 'Cette adresse n’est pas encore confirmée. Saisissez le code envoyé.',
  'session-ended':
    'Votre session est terminée. Reconnectez-vous : les transferts reprendront où ils en étaient.',
  'account-suspended': 'Ce compte est suspendu. Écrivez au service pour le faire rouvrir.',
  'code-invalid': 'Ce code est inexact.',
  'code-expired': 'Ce code a expiré. Demandez-en un nouveau.',
  'flow-closed': 'Ce code a déjà servi ou a été essayé trop souvent. Recommencez.',
  'resend-too-soon': 'Un nouveau code pourra être envoyé dans un instant.',
  'too-many-attempts': 'Trop d’essais. Patientez un peu, puis réessayez.',
  'validation-failed': 'Certains champs sont à revoir.',
  'reauth-required': 'Saisissez à nouveau votre mot de passe.',
  'edit-conflict':
    'Ceci a été modifié ailleurs entre-temps. L’état actuel est affiché ; refaites le changement et enregistrez.',
  'no-pending-flow': 'Aucun code n’est attendu. Recommencez.',
  'keychain-absent':
    'Cet ordinateur n’a pas de trousseau. Vous restez connecté jusqu’à la fermeture de l’application.',
  'keychain-locked':
    'Le trousseau est verrouillé. Rien n’est perdu : déverrouillez-le et réessayez.',
  'keychain-unanswered':
    'Le trousseau ne répond pas. Rien n’est perdu : réessayez dans un instant.',
  'keychain-unreadable':
    'L’entrée du trousseau est illisible. Elle a été mise de côté ; reconnectez-vous.',
  'password-needed':
    'Le mot de passe de cette adresse n’est pas disponible : il n’y a pas de trousseau, ou il est verrouillé. Déverrouillez-le, ou ajoutez de nouveau l’adresse avec son mot de passe. Ce qui a été téléchargé est conservé.',
  offline: 'Pas de connexion. Ce qui est enregistré ici reste utilisable.',
  'https-required':
    'L’adresse doit commencer par https://. En http, les mots de passe peuvent être lus en chemin.',
  'service-unreachable': 'Le service ne répond pas. Un nouvel essai se fera tout seul.',
  'service-error': 'Le service rencontre un problème. Réessayez dans un instant.',
  'rate-limited': 'Le service demande une pause. Réessayez dans un instant.',
  timeout: 'Le service n’a pas répondu à temps. Réessayez.',
  tls: 'Le certificat du service n’est pas reconnu. Rien n’a été envoyé.',
  'client-too-old': 'Cette version est trop ancienne pour le service. Mettez l’application à jour.',
  'origin-refused': 'Le serveur a refusé. Une nouvelle adresse est demandée automatiquement.',
  'origin-error': 'Le serveur rencontre un problème. Un nouvel essai se fera tout seul.',
  'captive-portal':
    'Une page web a répondu à la place du service. Identifiez-vous d’abord sur ce réseau dans votre navigateur.',
  stalled: 'La connexion s’est arrêtée. Un nouvel essai se fera tout seul.',
  'redirect-refused': 'Le serveur renvoyait vers une adresse peu sûre. Rien n’y a été pris.',
  'short-body': 'La connexion s’est rompue. Le transfert reprend où il en était.',
  'range-ignored': 'Le serveur ne sait pas reprendre. Le fichier recommence.',
  'source-changed': 'Le fichier a changé sur le serveur. Il recommence avec la nouvelle version.',
  'hash-mismatch': 'Le fichier est endommagé à la source. Rien d’abîmé n’a été gardé sous son nom.',
  'manifest-invalid': 'La liste des fichiers n’est pas valable. Rien n’a été téléchargé.',
  'untrusted-key':
    'La liste des fichiers est signée par une clé inconnue. Rien n’a été téléchargé.',
  'unsafe-name':
    'Un nom de fichier n’est pas sûr ou sort du dossier. Les fichiers ainsi nommés n’ont pas été téléchargés.',
  'metalink-invalid': 'Ce n’est pas un fichier Metalink valable.',
  'disk-full': 'Le disque est plein. Faites de la place et le transfert reprendra tout seul.',
  'disk-error': 'Le disque a signalé une erreur. Ce qui était vérifié est intact.',
  'destination-missing':
    'Le dossier est inaccessible. Branchez le disque et le transfert reprendra tout seul.',
  'not-permitted':
    'Impossible d’écrire dans ce dossier. Choisissez-en un autre ou changez ses droits.',
  exists: 'Un autre fichier porte déjà ce nom. Il n’a pas été touché.',
  'file-too-large': 'Le système de fichiers du disque n’admet pas un fichier aussi grand.',
  'not-found': 'Ceci n’existe plus.',
  withdrawn: 'Retiré par l’éditeur. Ne l’utilisez pas.',
  'on-hold': 'Suspendu par l’éditeur. Ne l’utilisez pas tant que la suspension n’est pas levée.',
  expired: 'La licence a expiré. Plus d’utilisation.',
  superseded: 'Il existe une version plus récente.',
  'cursor-expired': 'La liste est reprise au début.',
  embargoed: 'Sous embargo.',
  'territory-restricted': 'Utilisation interdite sur votre territoire.',
  'restriction-unacknowledged': 'Confirmez d’abord les restrictions.',
  'terms-not-accepted': 'Les conditions d’utilisation ont changé. Acceptez-les et tout reprendra.',
  'entitlement-missing': 'Votre compte n’y donne pas droit.',
  'quota-exceeded': 'Le quota du jour est épuisé.',
  usage: 'Cette valeur n’est pas valable.',
  'home-in-use': 'L’application est déjà ouverte.',
  'invalid-payload': 'Cette valeur n’est pas valable.',
  forbidden: 'Ceci n’est pas autorisé.',
  cancelled: 'Annulé.',
  bug: 'Une erreur s’est produite ici. Rien d’enregistré n’est perdu ; le journal contient les détails.',
};
